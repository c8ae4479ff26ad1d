"""Firmware for boards that people build a cushion with: docs/firmware.md.

board         what a file of firmware/boards says: pins, sizes, and whose table the board carries
c_source      that as C, as firmware/Makefile needs it
image         an image is built, and written to a board
"""
