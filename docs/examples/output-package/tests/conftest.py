pytest_plugins = ["kneadwave.testing.contract", "kneadwave.testing.scheme_contract"]
