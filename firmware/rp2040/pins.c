#include "pins.h"

#include "board.h"
#include "clocks.h"
#include "registers.h"

enum { LED = 25, SLICES = 8, BUTTON_SETTLED_MS = 20, PWM_TOP = 254 };

/* 125 MHz / (255 * 24.5) is 20.0 kHz; sixteenths. */
#define PWM_DIVIDER ((24UL << 4) | 8UL)

#define ONE(pin) pin
#define OF_ACTUATOR(index, pin) [index] = pin,
static const uint8_t pwm_pins[KNEAD_ACTUATORS] = {BOARD_PWM_PINS(OF_ACTUATOR)};

enum { PERMIT = BOARD_PERMIT(ONE), BUTTON = BOARD_BUTTON(ONE) };

static bool was_open;
static uint8_t settled_ms; /* since the contact changed, or was told of as a press */

/* An output that is low, and stays low by the chip's own pull-down as well. */
static void begin_output(uint8_t pin) {
    REGISTER(SIO_GPIO_OUT_CLR) = BIT(pin);
    REGISTER(SIO_GPIO_OE_SET) = BIT(pin);
    REGISTER(GPIO_PAD(pin)) = PAD_SCHMITT | PAD_PULL_DOWN | PAD_4_MA;
    REGISTER(GPIO_CTRL(pin)) = FUNCTION_SIO;
}

void pins_begin(void) {
    reset_parts(RESET_IO_BANK0 | RESET_PADS_BANK0);
    begin_output(PERMIT);
    begin_output(LED);
    for (uint8_t i = 0; i < KNEAD_ACTUATORS; i++) {
        begin_output(pwm_pins[i]);
    }
    REGISTER(GPIO_PAD(BUTTON)) = PAD_SCHMITT | PAD_PULL_UP | PAD_INPUT;
    REGISTER(GPIO_CTRL(BUTTON)) = FUNCTION_SIO;
}

void pwm_begin(void) {
    reset_parts(RESET_PWM);
    for (uint8_t slice = 0; slice < SLICES; slice++) {
        REGISTER(PWM_DIV(slice)) = PWM_DIVIDER;
        REGISTER(PWM_TOP(slice)) = PWM_TOP;
        REGISTER(PWM_CC(slice)) = 0;
        REGISTER(PWM_CTR(slice)) = 0;
    }
    REGISTER(PWM_EN) = BIT(SLICES) - 1UL;
    for (uint8_t i = 0; i < KNEAD_ACTUATORS; i++) {
        REGISTER(GPIO_CTRL(pwm_pins[i])) = FUNCTION_PWM;
    }
}

void put_out_drives(const uint8_t *drives) {
    uint32_t compare[SLICES] = {0};
    for (uint8_t i = 0; i < KNEAD_ACTUATORS; i++) {
        const uint8_t slice = (pwm_pins[i] >> 1) & 7U;
        compare[slice] |= (uint32_t)drives[i] << ((pwm_pins[i] & 1U) != 0 ? 16 : 0);
    }
    for (uint8_t slice = 0; slice < SLICES; slice++) {
        REGISTER(PWM_CC(slice)) = compare[slice];
    }
}

void put_out_permit(bool permit) {
    REGISTER(permit ? SIO_GPIO_OUT_SET : SIO_GPIO_OUT_CLR) = BIT(PERMIT) | BIT(LED);
}

bool button_is_pressed(void) {
    const bool open = (REGISTER(SIO_GPIO_IN) & BIT(BUTTON)) != 0;
    const bool pressed = open && settled_ms >= BUTTON_SETTLED_MS;
    if (pressed || open != was_open) {
        settled_ms = 0;
    } else if (settled_ms < BUTTON_SETTLED_MS) {
        settled_ms++;
    }
    was_open = open;
    return pressed;
}
