"""Files as other programs write them, the smallest that say what a test needs; all of our own making."""

import json
from pathlib import Path
from typing import Any


def funscript(*points: tuple[float, float], **more: Any) -> dict[str, Any]:
    """A funscript with points (ms, position)."""
    return {"version": "1.0", "actions": actions(*points), **more}


def actions(*points: tuple[float, float]) -> list[dict[str, float]]:
    return [{"at": at, "pos": pos} for at, pos in points]


def strokes(count: int, half_ms: int, low: int = 20, high: int = 80) -> list[tuple[float, float]]:
    """A movement that goes up and down `count` times, each way in `half_ms`."""
    return [(number * half_ms, high if number % 2 else low) for number in range(2 * count + 1)]


def haptic(*points: tuple[float, float], major: int = 1, **more: Any) -> dict[str, Any]:
    """A .haptic with points (s, amplitude); `more` are envelopes beside the amplitude."""
    amplitude = [{"time": time, "amplitude": level} for time, level in points]
    return {
        "version": {"major": major, "minor": 0, "patch": 0},
        "signals": {"continuous": {"envelopes": {"amplitude": amplitude, **more}}},
    }


def ahap(*pattern: dict[str, Any]) -> dict[str, Any]:
    return {"Version": 1.0, "Metadata": {}, "Pattern": list(pattern)}


def event(time: float, duration: float, intensity: float = 1.0) -> dict[str, Any]:
    parameters = [{"ParameterID": "HapticIntensity", "ParameterValue": intensity}]
    kind = {"Time": time, "EventType": "HapticContinuous", "EventDuration": duration}
    return {"Event": {**kind, "EventParameters": parameters}}


def tap(time: float) -> dict[str, Any]:
    return {"Event": {"Time": time, "EventType": "HapticTransient", "EventParameters": []}}


def curve(time: float, *points: tuple[float, float], of: str = "HapticIntensityControl") -> dict[str, Any]:
    told = [{"Time": at, "ParameterValue": value} for at, value in points]
    return {"ParameterCurve": {"ParameterID": of, "Time": time, "ParameterCurveControlPoints": told}}


def path(*points: tuple[float, float, float, float], fade: str = "NONE") -> dict[str, Any]:
    """A mode with a contact that moves: points (ms, intensity, x, y), numbers written as texts."""
    told = [
        {"time": time, "intensity": f"{level:.3f}", "x": f"{x:.3f}", "y": f"{y:.3f}"}
        for time, level, x, y in points
    ]
    feedback = [{"movingPattern": "CONST_TDM", "playbackType": fade, "pointList": told}]
    return {"mode": "PATH_MODE", "pathMode": {"feedback": feedback}, "dotMode": {"feedback": []}}


def dots(start: float, end: float, level: float, *indices: int, fade: str = "NONE") -> dict[str, Any]:
    """A mode with dots that are on between two times, ms."""
    told = [{"index": index, "intensity": level} for index in indices]
    feedback = [{"startTime": start, "endTime": end, "playbackType": fade, "pointList": told}]
    return {"mode": "DOT_MODE", "pathMode": {"feedback": []}, "dotMode": {"feedback": feedback}}


def tact(*effects: tuple[float, float, dict[str, Any]], enable: bool = True) -> dict[str, Any]:
    """A .tact with effects (start ms, length ms, modes by position)."""
    told = [{"startTime": start, "offsetTime": length, "modes": modes} for start, length, modes in effects]
    grid = [
        {"index": row * 4 + column, "x": column / 3, "y": row / 4} for row in range(5) for column in range(4)
    ]
    layouts = {"VestBack": grid, "VestFront": grid}
    project = {"layout": {"layouts": layouts}, "tracks": [{"enable": enable, "effects": told}]}
    return {"project": project, "intervalMillis": 20}


def written(folder: Path, name: str, data: Any) -> Path:
    """The file with this content: bytes as they are, everything else as JSON."""
    file = folder / name
    file.write_bytes(data if isinstance(data, bytes) else json.dumps(data).encode())
    return file
