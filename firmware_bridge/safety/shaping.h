/* What native_shaper.py calls: dwell, slew and power budget over the frames of a chunk. */
#ifndef SHAPING_H
#define SHAPING_H

#include <stdbool.h>
#include <stdint.h>

#define SHAPING_ACTUATORS 64

/* What the drives have to keep: changes in drive units of one frame; the point of each actuator counts from 0. */
struct shaping_limits {
    uint32_t actuators;
    int64_t power_budget;
    int64_t dwell_frames;
    int64_t rest_frames;
    int64_t attack[SHAPING_ACTUATORS];
    int64_t release[SHAPING_ACTUATORS];
    uint8_t point_of[SHAPING_ACTUATORS];
};

/* What Memory of shaping.py holds, one of each for every actuator; it is brought up to date. */
struct shaping_memory {
    int64_t *drive;
    int64_t *span;
    int64_t *rest;
    uint8_t *dwelling;
    uint8_t over_budget;
};

/* Where a limit begins to hold an actuator back; -1 is the budget, which holds all of them. */
struct shaping_hold {
    uint32_t frame;
    int32_t actuator;
};

/* The drives that so many frames may have, a row after the other as in `want`. Gives how many holds were written; there
 * may be one for every actuator and one more in each frame. */
uint32_t shaping_shape(const struct shaping_limits *limits, struct shaping_memory *memory, const int64_t *want,
                       uint32_t frames, int64_t *out, struct shaping_hold *holds);

/* The sizes of limits and memory, in 16 bits each: who calls has to have the same. */
uint32_t shaping_layout(void);

#endif
