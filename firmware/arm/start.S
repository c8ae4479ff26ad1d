/* The smallest start of a Cortex-M: a stack, zeroed memory, main. A fault ends the emulator. */
        .syntax unified
        .thumb

        .section .vectors, "a", %progbits
        .word   stack_top
        .word   reset
        .rept   14
        .word   fault
        .endr

        .text
        .thumb_func
        .global reset
reset:
        ldr     r1, =bss_begin
        ldr     r2, =bss_end
        movs    r3, #0
        b       2f
1:      stm     r1!, {r3}
2:      cmp     r1, r2
        blo     1b
        bl      main
        .thumb_func
fault:
        movs    r0, #0x18               /* SYS_EXIT of semihosting, and why: a run time error */
        ldr     r1, =0x20023
        bkpt    #0xAB
        b       fault
        .ltorg
