"""The log pipeline as data: YAML with places, fluentd's configuration, encoded services, one cluster."""
