"""What a practice decides in advance, as data: `hhs-sync init` copies the files out; the config says where they are."""
