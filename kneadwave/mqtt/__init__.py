"""Cushions of this computer on an MQTT broker, for Home Assistant and a fleet. See docs/home.md."""
