"""Mutation testing: every small damage to a module that guards people has to make a test fail. `make mutants`

targets      which modules, and the tests that have to notice
operators    damages that mutmut does not do
equivalent   damages that change nothing that anybody could see, each with the reason
damage       all damages of a module, each as compiled code
kernel       the same for the firmware's kernel in C: its own damages and trials
trial        one forked process each: the damage, and the tests that reach it
"""
