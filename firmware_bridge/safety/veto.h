/* What native_veto.py calls: the veto and the encoder over several frames of setpoints at once. */
#ifndef VETO_H
#define VETO_H

#include <stdbool.h>
#include <stdint.h>

#define VETO_ACTUATORS 64

/* What is held against each frame; `rate_min` is 0 where there is no rate, `attack` and `release` are of one frame. */
struct veto_limits {
    uint32_t actuators;
    uint32_t points;
    uint32_t power_budget;
    uint32_t dwell_frames;
    uint32_t rest_frames;
    uint32_t session_frames;
    uint8_t ceilings[VETO_ACTUATORS];
    uint8_t rate_min[VETO_ACTUATORS];
    uint8_t rate_max[VETO_ACTUATORS];
    uint8_t attack[VETO_ACTUATORS];
    uint8_t release[VETO_ACTUATORS];
    uint8_t point_of[VETO_ACTUATORS]; /* the point of each actuator */
};

/* What passed so far: the last frame, how many there were, and of each point whether it works, and since when. */
struct veto_memory {
    uint32_t frames;
    int64_t now;
    int64_t began[VETO_ACTUATORS];
    int64_t ended[VETO_ACTUATORS];
    uint8_t works[VETO_ACTUATORS];
    uint8_t last[VETO_ACTUATORS];
};

/* Whether all of so many frames pass, drives and rates one row after the other; else `memory` stays as it is. */
bool veto_passes(const struct veto_limits *limits, struct veto_memory *memory, const uint8_t *drives,
                 const uint8_t *rates, uint32_t frames);

/* What is the same in each frame, but for `seq`, which is that of the first. */
struct veto_header {
    uint8_t actuators;
    uint8_t type;
    uint8_t seq;
    uint8_t epoch;
    uint8_t echo;
};

/* The frames as bytes for the line, each due at its `t_ms`, and the size of each; 0 where one is too long for a frame. */
uint32_t veto_encode(const struct veto_header *header, const uint8_t *drives, const uint8_t *rates,
                     const uint16_t *t_ms, uint32_t frames, uint8_t *into, uint8_t *sizes);

/* The sizes of limits and memory, in 16 bits each: who calls has to have the same. */
uint32_t veto_layout(void);

#endif
