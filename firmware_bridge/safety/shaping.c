/* `shape_exactly` of shaping.py, which is the definition, in C: one frame after the other. shaping.py says why each line is so.
 *
 * Every limit is handed in by Python, which has it from where a reader finds it. Nothing here is shared with the veto.
 */
#include "shaping.h"

static int64_t least(int64_t a, int64_t b) { return (a < b) ? a : b; }

static int64_t most(int64_t a, int64_t b) { return (a > b) ? a : b; }

/* Scale the rises of one frame down to what the budget leaves; falls stand. */
static void keep_within_budget(const struct shaping_limits *limits, const int64_t *last, int64_t *drive) {
    int64_t rises = 0;
    int64_t left = limits->power_budget;
    for (uint32_t i = 0; i < limits->actuators; i++) {
        const int64_t rise = most(drive[i] - last[i], 0);
        rises += rise;
        left -= drive[i] - rise;
    }
    for (uint32_t i = 0; i < limits->actuators; i++) {
        const int64_t rise = most(drive[i] - last[i], 0);
        if (rise > 0) {
            drive[i] += (rise * left / rises) - rise;
        }
    }
}

/* One frame has been put out: how long each point is worked, or has rested. */
static void note_frame(const struct shaping_limits *limits, struct shaping_memory *memory, const int64_t *drive) {
    bool works[SHAPING_ACTUATORS] = {false};
    for (uint32_t i = 0; i < limits->actuators; i++) {
        const bool on = (drive[i] > 0) || (memory->drive[i] > 0);
        works[limits->point_of[i]] = works[limits->point_of[i]] || on;
    }
    for (uint32_t i = 0; i < limits->actuators; i++) {
        memory->rest[i] = works[limits->point_of[i]] ? 0 : least(memory->rest[i] + 1, limits->rest_frames);
        if (memory->rest[i] == limits->rest_frames) {
            memory->span[i] = 0;
            memory->dwelling[i] = 0;
        } else {
            memory->span[i]++;
        }
        memory->drive[i] = drive[i];
    }
}

uint32_t shaping_shape(const struct shaping_limits *limits, struct shaping_memory *memory, const int64_t *want,
                       uint32_t frames, int64_t *out, struct shaping_hold *holds) {
    uint32_t held = 0;
    for (uint32_t k = 0; k < frames; k++) {
        const uint32_t at = k * limits->actuators;
        int64_t sum = 0;
        for (uint32_t i = 0; i < limits->actuators; i++) {
            const int64_t last = memory->drive[i];
            const int64_t wish = least(want[at + i], last + limits->attack[i]);
            const int64_t cap = limits->release[i] * most(limits->dwell_frames - 1 - memory->span[i], 0);
            if ((wish > cap) && (memory->dwelling[i] == 0U)) {
                memory->dwelling[i] = 1;
                holds[held].frame = k;
                holds[held].actuator = (int32_t)i;
                held++;
            }
            out[at + i] = most(least(wish, cap), last - limits->release[i]);
            sum += out[at + i];
        }
        if (sum > limits->power_budget) {
            keep_within_budget(limits, memory->drive, &out[at]);
            if (memory->over_budget == 0U) {
                holds[held].frame = k;
                holds[held].actuator = -1;
                held++;
            }
            memory->over_budget = 1;
        } else {
            memory->over_budget = 0;
        }
        note_frame(limits, memory, &out[at]);
    }
    return held;
}

uint32_t shaping_layout(void) {
    return (uint32_t)(sizeof(struct shaping_limits) << 16U | sizeof(struct shaping_memory));
}
