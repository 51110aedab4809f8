"""One folder for each paper, with what only it needs; ``paper.toml`` registers the paper."""
