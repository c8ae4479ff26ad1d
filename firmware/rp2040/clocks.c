#include "clocks.h"

#include "device.h"
#include "registers.h"

enum { CRYSTAL_MHZ = 12, EPOCH_MARK = 0x4B4E45 /* stands before an epoch in the scratch register */ };

static uint32_t next_us;

void reset_parts(uint32_t parts) {
    SET_BITS(RESETS_RESET) = parts;
    CLEAR_BITS(RESETS_RESET) = parts;
    while ((REGISTER(RESETS_DONE) & parts) != parts) {
    }
}

/* `multiple` of the crystal, 750 to 1600 MHz, divided by `first` and then by `second`, of which the first is the larger. */
static void begin_pll(uint32_t pll, uint32_t multiple, uint32_t first, uint32_t second) {
    REGISTER(pll + PLL_CS) = 1; /* the crystal undivided */
    REGISTER(pll + PLL_FBDIV) = multiple;
    CLEAR_BITS(pll + PLL_PWR) = PLL_PD | PLL_VCOPD;
    while ((REGISTER(pll + PLL_CS) & PLL_LOCK) == 0) {
    }
    REGISTER(pll + PLL_PRIM) = (first << 16) | (second << 12);
    CLEAR_BITS(pll + PLL_PWR) = PLL_POSTDIVPD;
}

void clocks_begin(void) {
    REGISTER(XOSC_STARTUP) = (CRYSTAL_MHZ * 1000U + 255U) / 256U; /* 1 ms, in 256 periods */
    REGISTER(XOSC_CTRL) = XOSC_ON_1_TO_15_MHZ;
    while ((REGISTER(XOSC_STATUS) & XOSC_STABLE) == 0) {
    }
    REGISTER(CLK_REF_CTRL) = CLK_REF_FROM_XOSC;
    while ((REGISTER(CLK_REF_SELECTED) & BIT(CLK_REF_FROM_XOSC)) == 0) {
    }
    reset_parts(RESET_PLL_SYS | RESET_PLL_USB | RESET_TIMER);
    begin_pll(PLL_SYS, 125, 6, 2); /* 12 MHz * 125 / 12 */
    begin_pll(PLL_USB, 100, 5, 5); /* 12 MHz * 100 / 25 */
    REGISTER(CLK_SYS_CTRL) = CLK_SYS_FROM_AUX;
    while ((REGISTER(CLK_SYS_SELECTED) & BIT(CLK_SYS_FROM_AUX)) == 0) {
    }
    REGISTER(CLK_USB_CTRL) = CLK_ENABLE;
    REGISTER(WATCHDOG_TICK) = WATCHDOG_TICK_ENABLE | CRYSTAL_MHZ;
}

void ticks_begin(void) {
    next_us = REGISTER(TIMER_TIMERAWL) + TICK_US;
    REGISTER(TIMER_INTE) = BIT(0);
    REGISTER(TIMER_ALARM0) = next_us;
}

static bool is_over(uint32_t at_us) { return REGISTER(TIMER_TIMERAWL) - at_us <= UINT32_MAX / 2; }

bool tick_is_due(void) {
    if (!is_over(next_us)) {
        return false;
    }
    next_us += TICK_US;
    REGISTER(TIMER_INTR) = BIT(0);
    REGISTER(TIMER_ALARM0) = next_us;
    return true;
}

void sleep_until_something(void) {
    /* Interrupts are masked: none is entered, but each ends the sleep, and so does one that came before it. */
    REGISTER(NVIC_ICPR) = IRQ_TIMER_0 | IRQ_USBCTRL;
    REGISTER(NVIC_ISER) = IRQ_TIMER_0 | IRQ_USBCTRL;
    if (!is_over(next_us)) { /* an alarm that was set too late would ring in 71 minutes */
        __asm volatile("wfi" ::: "memory");
    }
}

void watchdog_feed(void) { REGISTER(WATCHDOG_LOAD) = 2U * WATCHDOG_US; /* it counts by two: erratum RP2040-E1 */ }

void watchdog_begin(void) {
    REGISTER(PSM_WDSEL) = PSM_ALL & ~(PSM_ROSC | PSM_XOSC);
    watchdog_feed();
    REGISTER(WATCHDOG_CTRL) = WATCHDOG_ENABLE;
}

void reset_chip(void) {
    REGISTER(PSM_WDSEL) = PSM_ALL & ~(PSM_ROSC | PSM_XOSC);
    REGISTER(WATCHDOG_CTRL) = WATCHDOG_TRIGGER;
}

uint8_t draw_epoch(void) {
    const uint32_t scratch = REGISTER(WATCHDOG_SCRATCH0);
    uint8_t noise = 0;
    for (uint8_t i = 0; i < 8; i++) { /* bits apart, as neighbours resemble each other */
        const uint32_t since_us = REGISTER(TIMER_TIMERAWL);
        while (REGISTER(TIMER_TIMERAWL) - since_us < 20U) {
        }
        noise = (uint8_t)((noise << 1) | (REGISTER(ROSC_RANDOMBIT) & 1U));
    }
    const uint8_t kept = (uint8_t)((scratch >> 8) == EPOCH_MARK ? scratch & 0xFFU : 0U);
    const uint8_t epoch = knead_epoch(kept, noise);
    REGISTER(WATCHDOG_SCRATCH0) = ((uint32_t)EPOCH_MARK << 8) | epoch;
    return epoch;
}
