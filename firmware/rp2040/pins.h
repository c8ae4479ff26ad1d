/* What the board drives and reads: board.h says which pins. */
#ifndef RP2040_PINS_H
#define RP2040_PINS_H

#include <stdbool.h>
#include <stdint.h>

/* Permit and PWM low, before anything else is begun. */
void pins_begin(void);

/* Once the system runs at 125 MHz: PWM of 20 kHz, all at 0. */
void pwm_begin(void);

/* The share of 255 of each actuator: 0 is low throughout, 255 high throughout. It holds from the next period on, within 50 us. */
void put_out_drives(const uint8_t *drives);

/* The power switch of the actuators. */
void put_out_permit(bool permit);

/* Once a millisecond: whether the button is pressed, which opens its contact, as a cut wire does. A press counts at once; the
 * next one after the contact was closed, or stayed open, for BUTTON_SETTLED_MS without a break. */
bool button_is_pressed(void);

#endif
