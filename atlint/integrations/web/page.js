"use strict";
// Nothing of an event is ever markup: all of it goes into the page by textContent and value alone.
(() => {
  const at = (id) => document.getElementById(id);
  const events = at("events");
  const results = at("results");
  const largest = Number(events.dataset.largest);
  const wishes = ["edition", "extend-select", "ignore"];
  const tones = { pass: "pass", fail: "fail", "no-evidence": "none" };
  let file = null; // the dropped file's own bytes, until somebody types
  let timer = 0;
  let running = null;

  const make = (tag, className, text) => {
    const element = document.createElement(tag);
    if (className) element.className = className;
    if (text !== undefined) element.textContent = text;
    return element;
  };

  const say = (tone, word, sentence) => {
    at("verdict").className = `verdict ${tone}`;
    at("word").textContent = word;
    at("sentence").textContent = sentence;
  };

  const plural = (count, noun) => `${count.toLocaleString("en")} ${noun}${count === 1 ? "" : "s"}`;

  const complain = (text) => {
    at("problem").textContent = text;
    at("problem").hidden = !text;
  };

  const empty = () => {
    at("findings").replaceChildren();
    at("counts").textContent = "";
    at("left-out").hidden = true;
  };

  const refuse = (text) => {
    empty();
    say("", "Not checked", "");
    complain(text);
  };

  const tooLarge = () => refuse(`This is more than ${largest.toLocaleString("en")} bytes: use atlint check.`);

  // columns count code points, a text box counts UTF-16 units
  const units = (text, points) => [...text].slice(0, points).join("").length;

  const lineAt = (number) => {
    let start = 0;
    for (let line = 1; line < number; line += 1) {
      const next = events.value.indexOf("\n", start);
      if (next < 0) break;
      start = next + 1;
    }
    const end = events.value.indexOf("\n", start);
    return { start, text: events.value.slice(start, end < 0 ? undefined : end) };
  };

  const go = (finding) => {
    const { start, text } = lineAt(finding.line);
    events.blur();
    events.setSelectionRange(start + units(text, finding.column - 1), start + units(text, finding.end_column - 1));
    events.focus();
    const height = Number.parseFloat(getComputedStyle(events).lineHeight) || 20;
    events.scrollTop = Math.max(0, (finding.line - 3) * height);
    events.scrollIntoView({ block: "nearest" });
  };

  const mend = (finding) => {
    const { start, text } = lineAt(finding.line);
    const points = [...text];
    for (const edit of [...finding.fix.edits].sort((one, other) => other.start - one.start)) {
      points.splice(edit.start, edit.end - edit.start, edit.text);
    }
    events.setRangeText(points.join(""), start, start + text.length, "end");
    typed();
    events.focus();
  };

  const snippet = ({ text, start, end }) => {
    const points = [...text];
    const box = make("pre", "snippet");
    box.append(points.slice(0, start).join(""), make("mark", "", points.slice(start, end).join("")), points.slice(end).join(""));
    return box;
  };

  const button = (text, label, act) => {
    const made = make("button", "", text);
    made.type = "button";
    made.setAttribute("aria-label", label);
    made.addEventListener("click", act);
    return made;
  };

  const entry = (finding) => {
    const item = make("li", "finding");
    item.dataset.code = finding.code;
    const heading = make("h3");
    const link = make("a", "", finding.code);
    link.href = `/rules/${encodeURIComponent(finding.code)}`;
    link.target = "_blank";
    link.rel = "noopener noreferrer";
    heading.append(make("span", `badge ${finding.severity}`, finding.severity), link, make("span", "", finding.name));
    const place = make("p", "place");
    place.append(button(`line ${finding.line}, column ${finding.column}`, `go to line ${finding.line}, column ${finding.column}`, () => go(finding)));
    if (finding.pointer) place.append(make("code", "faint", finding.pointer));
    if (finding.count > 1) place.append(make("span", "faint", `and ${(finding.count - 1).toLocaleString("en")} more, the last in line ${finding.last_line}`));
    item.append(heading, make("p", "", finding.message), place);
    if (finding.snippet && finding.snippet.text) item.append(snippet(finding.snippet));
    if (finding.help) item.append(make("p", "", `Help: ${finding.help}`));
    if (finding.fix) {
      const fix = make("p", "place");
      fix.append(make("span", "", `Fix: ${finding.fix.title} (${finding.fix.safe ? "safe" : "may change the meaning"})`));
      if (finding.fix.edits.length && !file) fix.append(button("apply", `apply the fix of ${finding.code} in line ${finding.line}`, () => mend(finding)));
      item.append(fix);
    }
    return item;
  };

  const show = (report) => {
    if (report.error) {
      refuse(report.error);
      return;
    }
    complain("");
    say(tones[report.verdict] ?? "", report.verdict.replace("-", " "), report.sentence);
    const { lines, events: read, clean, blank, unreadable } = report.summary;
    const counted = [plural(lines, "line"), plural(read, "event"), `${clean} clean`];
    if (blank) counted.push(`${blank} blank`);
    if (unreadable) counted.push(`${unreadable} unreadable`);
    at("counts").textContent = `${counted.join(", ")}; edition ${report.edition}`;
    at("findings").replaceChildren(...report.findings.map(entry));
    at("left-out").textContent = `Not shown: ${plural(report.left_out, "further finding")}.`;
    at("left-out").hidden = !report.left_out;
  };

  const ask = async () => {
    running?.abort();
    running = null;
    results.classList.remove("waiting");
    if (!file && !events.value.trim()) {
      empty();
      complain("");
      say("", "Waiting", "for the first event");
      return;
    }
    // what is typed ends where the box ends: only a file can lack its last line feed
    const body = file ?? new Blob([events.value, events.value.endsWith("\n") ? "" : "\n"]);
    if (body.size > largest) {
      tooLarge();
      return;
    }
    const query = new URLSearchParams(wishes.map((name) => [name, at(name).value]));
    if (at("samples").checked) query.set("samples", "1");
    const mine = new AbortController();
    running = mine;
    results.classList.add("waiting");
    try {
      const answer = await fetch(`/check?${query}`, {
        method: "POST", body, signal: mine.signal, headers: { "Content-Type": "application/x-ndjson" }, redirect: "error",
      });
      const found = answer.ok ? await answer.json() : { error: (await answer.text()).trim() };
      if (running === mine) show(found);
    } catch {
      if (running === mine) refuse("The server does not answer: is atlint web still running?");
    } finally {
      if (running === mine) results.classList.remove("waiting");
    }
  };

  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(ask, 250);
  };

  const typed = () => {
    file = null;
    soon();
  };

  const take = async (given) => {
    if (given.size > largest) {
      tooLarge();
      return;
    }
    const [first, second] = new Uint8Array(await given.slice(0, 2).arrayBuffer());
    if ((first === 0x1f && second === 0x8b) || (first === 0x28 && second === 0xb5)) {
      refuse("This is compressed: use atlint check, which reads .gz and .zst.");
      return;
    }
    events.value = await given.text();
    file = given;
    soon();
  };

  events.addEventListener("input", typed);
  for (const name of [...wishes, "samples"]) at(name).addEventListener("input", soon);
  at("file").addEventListener("change", () => {
    const [given] = at("file").files;
    if (given) take(given);
  });
  at("clear").addEventListener("click", () => {
    events.value = at("file").value = "";
    typed();
    events.focus();
  });
  for (const name of ["dragenter", "dragover"]) {
    document.addEventListener(name, (event) => {
      event.preventDefault();
      document.body.classList.add("dropping");
    });
  }
  document.addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) document.body.classList.remove("dropping");
  });
  document.addEventListener("drop", (event) => {
    document.body.classList.remove("dropping");
    event.preventDefault();
    const [given] = event.dataTransfer.files;
    if (given) {
      take(given);
    } else {
      const text = event.dataTransfer.getData("text/plain");
      if (text) {
        events.value = text;
        typed();
      }
    }
  });
})();
