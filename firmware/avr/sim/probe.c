/* Where a test finds things in the image of a board: numbers of 16 bits, one after the other. Nothing of it is flashed. */
#include <avr/io.h>
#include <stddef.h>

#include "board.h"
#include "device.h"

/* The state, its reason and the bytes on their way out in the device, the permit, and the duty registers of 8 and of 16 bits, by actuator; 0 where
 * an actuator has none. */
struct places {
    uint16_t state;
    uint16_t reason;
    uint16_t waiting;
    uint16_t permit[2];
    uint16_t duties8[KNEAD_ACTUATORS];
    uint16_t duties16[KNEAD_ACTUATORS];
};

#define PIN_OF(port, bit) {(uint16_t)&PORT##port, (uint16_t)_BV(bit)}
#define REGISTER(index, port, bit, timer, channel) [index] = (uint16_t)&OCR##timer##channel,

extern const struct places places;
const struct places places = {
    offsetof(struct knead_device, machine.state),
    offsetof(struct knead_device, machine.reason),
    offsetof(struct knead_device, outbox.count),
    BOARD_PERMIT(PIN_OF),
    {BOARD_PWM8_PINS(REGISTER)},
    {BOARD_PWM16_PINS(REGISTER)},
};
