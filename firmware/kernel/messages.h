/* What frames mean: types, states, reasons, and where fields stand. docs/wire.md, "Messages", is the law here. */
#ifndef KNEAD_MESSAGES_H
#define KNEAD_MESSAGES_H

enum { PROTOCOL_VERSION = 2 };

enum host_message {
    HELLO = 0x01,
    DESCRIBE = 0x02,
    ARM = 0x03,
    SETPOINTS = 0x04,
    HEARTBEAT = 0x05,
    STOP = 0x06,
    RESET = 0x07,
    LIMITS = 0x08
};

enum device_report { IDENTITY = 0x81, ACTUATOR = 0x82, ANSWER = 0x83, STATUS = 0x84, LIMITS_HASH = 0x85 };

enum device_state { DISARMED, ARMED, PLAYING, HOLDING, STOPPING, TRIPPED, STATES };

enum reason {
    REASON_NONE = 0,
    REASON_STOP_FRAME = 1,
    REASON_STOP_ZEROS = 2,
    REASON_LINE_BREAK = 3,
    REASON_LINE_DROPPED = 4,
    REASON_BUTTON = 5,
    REASON_LINK_LOST = 6,
    REASON_SESSION_OVER = 7,
    REASON_CEILING = 8,
    REASON_EXCLUDED = 9,
    REASON_RATE = 10,
    REASON_TOO_FAR_AHEAD = 11,
    REASON_MALFORMED = 12,
    REASON_NOT_ARMED = 13,
    REASON_WRONG_LIMITS = 14,
    REASON_RESTING = 15,
    REASON_WRONG_EPOCH = 16,
    REASON_TRIPPED = 17,
    REASON_NO_SUCH_ACTUATOR = 18,
    REASON_POWER = 19,
    REASON_BUSY = 20
};

enum kind { VIBRATION = 1, KNEADING = 2, PRESSURE = 3 };

/* Payloads of the host: their size, and where a field stands in them. */
enum { DESCRIBE_SIZE = 1, ARM_SIZE = 4, LIMITS_FIRST = 0, LIMITS_SECONDS = 1, LIMITS_HEAD = 3 };

/* IDENTITY: where a field stands in it. */
enum {
    IDENTITY_PROTOCOL = 0,
    IDENTITY_UNIT_ID = 3,
    IDENTITY_LIMITS_HASH = 7,
    IDENTITY_POWER_BUDGET = 11,
    IDENTITY_REST_S = 13,
    IDENTITY_ACTUATORS = 15,
    IDENTITY_SLOTS = 16,
    IDENTITY_SIZE = 43
};

/* ACTUATOR: where a field stands in it. */
enum {
    ACTUATOR_INDEX = 0,
    ACTUATOR_KIND = 1,
    ACTUATOR_EXCLUDED = 2,
    ACTUATOR_X_MM = 3,
    ACTUATOR_Y_MM = 5,
    ACTUATOR_RADIUS_MM = 7,
    ACTUATOR_CEILING = 8,
    ACTUATOR_ATTACK = 12,
    ACTUATOR_RELEASE = 14,
    ACTUATOR_RATE_MIN = 16,
    ACTUATOR_RATE_MAX = 17,
    ACTUATOR_SIZE = 30
};

enum { ANSWER_SIZE = 3, STATUS_HEAD = 10, LIMITS_HASH_SIZE = 6 };

/* The place, on the wire, of an actuator whose place is not known. */
#define NOWHERE_MM (-32767 - 1)

#endif
