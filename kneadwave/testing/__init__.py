"""What an output of a guard promises, as tests that whoever writes one can run; no session needs them.

    contract           the tests of an output
    scheme_contract    the tests of the scheme that opens it
    rig                what they ask of a virtual device
    stream_rig         such a device for a dialect of bytes, under a clock of its own

`pytest_plugins = ["kneadwave.testing.contract"]` in a conftest.py lets failures tell what they compared.
"""
