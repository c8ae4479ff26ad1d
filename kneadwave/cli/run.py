"""`knead run`: play a profile on a device."""

from kneadwave.cli.options import Device, Json, Limit, On, Profile, Record, Stature
from kneadwave.output import telling

HELP = """Play a profile on a device.

On a terminal it shows what plays, and takes keys: space pauses and goes on, + and - change the intensity,
c goes to the closing strokes, s or q stops. Ctrl-C stops the device first, then ends.

The device is the one of --device, else KNEAD_DEVICE, else the config file's, else the only one that is known.

\b
Examples:
  knead run relaxing-back
  knead run first-session --device /dev/ttyACM0 --limit 60%
  knead run felt-check --device sim:
  knead run shoulder-relief --device id:KW0001 --record session.jsonl
"""


def run(
    profile: Profile,
    device: Device = None,
    on: On = None,
    limit: Limit = 1.0,
    record: Record = None,
    stature: Stature = 1.70,
    as_json: Json = False,
) -> None:
    """Play a profile on a device."""
    with telling(as_json) as out:
        from kneadwave.config import load_config
        from kneadwave.performing import run as play
        from kneadwave.target import resolve_url

        config = load_config()
        play(
            out,
            profile,
            url=resolve_url(device, config),
            device=on or config.on,
            limit=min(limit, config.limit),
            stature_m=stature,
            record=record,
        )
