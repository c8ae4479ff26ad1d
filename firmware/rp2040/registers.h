/* Registers of the RP2040 that this port uses, by the names and sections of its datasheet. */
#ifndef RP2040_REGISTERS_H
#define RP2040_REGISTERS_H

#include <stdint.h>

#define REGISTER(address) (*(volatile uint32_t *)(uintptr_t)(address))

/* Writing to these copies of a register sets or clears the bits that are 1 (2.1.2). */
#define SET_BITS(address) REGISTER((address) + 0x2000U)
#define CLEAR_BITS(address) REGISTER((address) + 0x3000U)

#define BIT(n) (1UL << (n))

/* 2.14 Resets */
#define RESETS_RESET 0x4000C000UL
#define RESETS_DONE 0x4000C008UL
#define RESET_IO_BANK0 BIT(5)
#define RESET_PADS_BANK0 BIT(8)
#define RESET_PLL_SYS BIT(12)
#define RESET_PLL_USB BIT(13)
#define RESET_PWM BIT(14)
#define RESET_TIMER BIT(21)
#define RESET_USBCTRL BIT(24)

/* 2.13 Power-on state machine: what the watchdog resets */
#define PSM_WDSEL 0x40010008UL
#define PSM_ALL 0x1FFFFUL
#define PSM_ROSC BIT(0)
#define PSM_XOSC BIT(1)

/* 2.15 Clocks */
#define CLK_REF_CTRL 0x40008030UL
#define CLK_REF_SELECTED 0x40008038UL
#define CLK_REF_FROM_XOSC 2UL
#define CLK_SYS_CTRL 0x4000803CUL
#define CLK_SYS_SELECTED 0x40008044UL
#define CLK_SYS_FROM_AUX 1UL /* whose source 0 is PLL sys */
#define CLK_USB_CTRL 0x40008054UL
#define CLK_ENABLE BIT(11) /* whose source 0 is PLL usb */

/* 2.16 Crystal, 2.17 ring oscillator, 2.18 PLL */
#define XOSC_CTRL 0x40024000UL
#define XOSC_STATUS 0x40024004UL
#define XOSC_STARTUP 0x4002400CUL
#define XOSC_ON_1_TO_15_MHZ (0xFAB000UL | 0xAA0UL)
#define XOSC_STABLE BIT(31)
#define ROSC_RANDOMBIT 0x4006001CUL
#define PLL_SYS 0x40028000UL
#define PLL_USB 0x4002C000UL
#define PLL_CS 0x0U
#define PLL_PWR 0x4U
#define PLL_FBDIV 0x8U
#define PLL_PRIM 0xCU
#define PLL_LOCK BIT(31)
#define PLL_PD BIT(0)
#define PLL_POSTDIVPD BIT(3)
#define PLL_VCOPD BIT(5)

/* 2.19 GPIO */
#define GPIO_CTRL(pin) (0x40014004UL + 8U * (uint32_t)(pin))
#define GPIO_PAD(pin) (0x4001C004UL + 4U * (uint32_t)(pin))
#define FUNCTION_PWM 4UL
#define FUNCTION_SIO 5UL
#define PAD_SCHMITT BIT(1)
#define PAD_PULL_DOWN BIT(2)
#define PAD_PULL_UP BIT(3)
#define PAD_4_MA BIT(4)
#define PAD_INPUT BIT(6)
#define SIO_GPIO_IN 0xD0000004UL
#define SIO_GPIO_OUT_SET 0xD0000014UL
#define SIO_GPIO_OUT_CLR 0xD0000018UL
#define SIO_GPIO_OE_SET 0xD0000024UL

/* 4.5 PWM */
#define PWM_CSR(slice) (0x40050000UL + 0x14U * (uint32_t)(slice))
#define PWM_DIV(slice) (PWM_CSR(slice) + 0x4U)
#define PWM_CTR(slice) (PWM_CSR(slice) + 0x8U)
#define PWM_CC(slice) (PWM_CSR(slice) + 0xCU)
#define PWM_TOP(slice) (PWM_CSR(slice) + 0x10U)
#define PWM_EN 0x400500A0UL

/* 4.6 Timer, 4.7 watchdog */
#define TIMER_ALARM0 0x40054010UL
#define TIMER_TIMERAWL 0x40054028UL
#define TIMER_INTR 0x40054034UL
#define TIMER_INTE 0x40054038UL
#define WATCHDOG_CTRL 0x40058000UL
#define WATCHDOG_LOAD 0x40058004UL
#define WATCHDOG_SCRATCH0 0x4005800CUL
#define WATCHDOG_TICK 0x4005802CUL
#define WATCHDOG_TRIGGER BIT(31)
#define WATCHDOG_ENABLE BIT(30)
#define WATCHDOG_TICK_ENABLE BIT(9)

/* 4.1 USB: memory, then registers */
#define USB_SETUP_PACKET 0x50100000UL
#define USB_IN_CONTROL(endpoint) (0x50100000UL + 8U * (uint32_t)(endpoint)) /* from endpoint 1 on */
#define USB_OUT_CONTROL(endpoint) (USB_IN_CONTROL(endpoint) + 4U)
#define USB_IN_BUFFER(endpoint) (0x50100080UL + 8U * (uint32_t)(endpoint))
#define USB_OUT_BUFFER(endpoint) (USB_IN_BUFFER(endpoint) + 4U)
#define USB_MEMORY 0x50100000UL
#define USB_ENDPOINT_ENABLE BIT(31)
#define USB_ENDPOINT_INTERRUPTS BIT(29)
#define USB_ENDPOINT_TYPE 26
#define USB_BUFFER_FULL BIT(15)
#define USB_BUFFER_DATA1 BIT(13)
#define USB_BUFFER_STALL BIT(11)
#define USB_BUFFER_AVAILABLE BIT(10)
#define USB_BUFFER_LENGTH 0x3FFUL
#define USB_ADDR_ENDP 0x50110000UL
#define USB_MAIN_CTRL 0x50110040UL
#define USB_SIE_CTRL 0x5011004CUL
#define USB_SIE_STATUS 0x50110050UL
#define USB_BUFF_STATUS 0x50110058UL
#define USB_EP_STALL_ARM 0x50110068UL
#define USB_MUXING 0x50110074UL
#define USB_PWR 0x50110078UL
#define USB_INTE 0x50110090UL
#define USB_INTS 0x50110098UL
#define USB_MAIN_ENABLE BIT(0)
#define USB_SIE_EP0_INTERRUPTS BIT(29)
#define USB_SIE_PULLUP BIT(16)
#define USB_STATUS_BUS_RESET BIT(19)
#define USB_STATUS_SETUP BIT(17)
#define USB_STATUS_SUSPENDED BIT(4)
#define USB_MUXING_TO_PHY BIT(0)
#define USB_MUXING_SOFTCON BIT(3)
#define USB_PWR_VBUS_DETECT BIT(3)
#define USB_PWR_VBUS_OVERRIDE BIT(2)
#define USB_INT_SETUP BIT(16)
#define USB_INT_SUSPEND BIT(14)
#define USB_INT_BUS_RESET BIT(12)
#define USB_INT_BUFF_STATUS BIT(4)

/* 2.3.2 Interrupts, 2.4 the processor's own registers */
#define IRQ_TIMER_0 BIT(0)
#define IRQ_USBCTRL BIT(5)
#define NVIC_ISER 0xE000E100UL
#define NVIC_ICER 0xE000E180UL
#define NVIC_ICPR 0xE000E280UL
#define VTOR 0xE000ED08UL

#endif
