"""The demo: two practices that do not exist, their files, and the program run on them."""
