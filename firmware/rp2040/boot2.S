/* The boot block: the 256 bytes that the boot ROM copies to RAM, checks and runs (datasheet 2.8.1). It lets flash be read
 * as memory by the plain read command 03h, which every flash chip knows, and goes on in the image behind itself. The last
 * four bytes are the check, which image.py computes. All of it runs once; the image then lives in RAM. */
        .syntax unified
        .cpu cortex-m0plus
        .thumb

        .equ SSI, 0x18000000
        .equ SSI_CTRLR0, 0x00
        .equ SSI_CTRLR1, 0x04
        .equ SSI_SSIENR, 0x08
        .equ SSI_BAUDR, 0x14
        .equ SSI_SPI_CTRLR0, 0xF4
        .equ VTOR, 0xE000ED08
        .equ IMAGE, 0x10000100

        .section .boot2, "ax", %progbits
        .global boot2
        .thumb_func
boot2:
        cpsid   i
        ldr     r0, =SSI
        movs    r1, #0                  /* it cannot be set up while it is on */
        str     r1, [r0, #SSI_SSIENR]
        movs    r1, #4                  /* at most 31.25 MHz, at 125 MHz of the system; 03h allows 33 at the least */
        str     r1, [r0, #SSI_BAUDR]
        ldr     r1, =(31 << 16) | (3 << 8) /* frames of 32 bits; send a command, then receive */
        str     r1, [r0, #SSI_CTRLR0]
        movs    r1, #0                  /* one frame a read */
        str     r1, [r0, #SSI_CTRLR1]
        ldr     r1, =(0x03 << 24) | (2 << 8) | (6 << 2) /* command 03h of 8 bits, 6 nibbles of address, one line */
        ldr     r2, =SSI + SSI_SPI_CTRLR0
        str     r1, [r2]
        movs    r1, #1
        str     r1, [r0, #SSI_SSIENR]

        ldr     r0, =IMAGE              /* begins with a vector table: stack, then reset */
        ldr     r1, =VTOR
        str     r0, [r1]
        ldm     r0!, {r1, r2}
        msr     msp, r1
        bx      r2
        .ltorg
