"""The reader's own folders of photographs, in the layout of the three public sets."""
