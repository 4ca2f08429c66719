"""What the live part counts (read at `/metrics`)."""

from prometheus_client import Counter, Gauge, Histogram

SOCKETS = Gauge("desk_live_sockets", "Open sockets", multiprocess_mode="livesum")
REFUSED = Counter("desk_live_refused", "Handshakes refused", ["code"])
CLOSED = Counter("desk_live_closed", "Sockets that the desk closed", ["code"])
NUDGES = Counter("desk_live_nudges", "Nudges heard", ["kind"])
FRAMES = Counter("desk_live_event_frames", "Frames of events handed to sockets")
DEAF_SECONDS = Counter("desk_live_deaf_seconds", "Seconds in which the database was looked at instead of nudges")
FAN_OUT_SECONDS = Histogram(
    "desk_live_fan_out_seconds",
    "From a nudge to the last socket of this process",
    buckets=(0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
)
