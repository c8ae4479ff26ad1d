/* The watchdog: how long ago, in ms, the host was heard last. */
#ifndef KNEAD_WATCHDOG_H
#define KNEAD_WATCHDOG_H

#include <stdint.h>

struct watchdog {
    uint16_t valid_ms; /* since a valid frame came; stays at 65535, as does the other */
    uint16_t live_ms;  /* since a frame came that shows that the host reads what it is told */
};

/*@ assigns \nothing;
  ensures \result == (ms < UINT16_MAX ? ms + 1 : ms); */
static inline uint16_t one_more(uint16_t ms) { return ms < UINT16_MAX ? (uint16_t)(ms + 1) : ms; }

/*@ requires \valid(watchdog);
  assigns watchdog->valid_ms, watchdog->live_ms; */
static inline void watchdog_tick(struct watchdog *watchdog) {
    watchdog->valid_ms = one_more(watchdog->valid_ms);
    watchdog->live_ms = one_more(watchdog->live_ms);
}

/* The host armed the device: it is there. */
/*@ requires \valid(watchdog);
  assigns *watchdog; */
static inline void watchdog_restart(struct watchdog *watchdog) { watchdog->valid_ms = watchdog->live_ms = 0; }

#endif
