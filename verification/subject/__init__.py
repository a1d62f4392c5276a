"""What the person in the picture may ask: what is held about them, who looked, to withdraw, to have it erased."""
