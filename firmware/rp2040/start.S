/* From the boot block to main: everything is copied from flash to RAM, so that no tick ever waits for flash. */
        .syntax unified
        .cpu cortex-m0plus
        .thumb

        .equ VTOR, 0xE000ED08

        .section .vectors, "a", %progbits
        .global vectors
vectors:
        .word   stack_top
        .word   reset
        .word   fault                   /* NMI */
        .word   fault                   /* hard fault */
        .rept   12                      /* none of these is ever raised */
        .word   fault
        .endr
        .rept   32
        .word   wake
        .endr

        .section .reset, "ax", %progbits
        .global reset
        .thumb_func
reset:
        cpsid   i                       /* and never on again: main looks for itself, interrupts only wake it */
        ldr     r0, =image_load
        ldr     r1, =image_begin
        ldr     r2, =image_end
        b       2f
1:      ldm     r0!, {r3}
        stm     r1!, {r3}
2:      cmp     r1, r2
        blo     1b
        ldr     r1, =bss_begin
        ldr     r2, =bss_end
        movs    r3, #0
        b       4f
3:      stm     r1!, {r3}
4:      cmp     r1, r2
        blo     3b
        ldr     r0, =vectors
        ldr     r1, =VTOR
        str     r0, [r1]
        ldr     r0, =main
        blx     r0
        .ltorg
