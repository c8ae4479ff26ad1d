/* The pins: a duty for each actuator, the permit of their power switch, the button; and the millisecond. */
#ifndef KNEAD_AVR_OUTPUTS_H
#define KNEAD_AVR_OUTPUTS_H

#include <stdbool.h>
#include <stdint.h>

/* Power off, every actuator off; the timers begin. */
void outputs_begin(void);

/* Whether a millisecond has gone by that nobody has taken; takes it. */
bool outputs_take_tick(void);
bool outputs_owe_tick(void);

/* Whether it is early enough in this millisecond to begin something that takes a quarter of one. */
bool outputs_have_time(void);

/* Duties of 0 to 255, one for each actuator. */
void outputs_put(const uint8_t *drives);

void outputs_permit(bool permitted);

/* The button opens a contact to ground: a wire that is cut, or no button at all, is a press. */
bool outputs_button_is_open(void);

#endif
