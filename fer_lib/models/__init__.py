"""The papers' models, one file each. Each returns `DualOutput`: one tensor a head."""
