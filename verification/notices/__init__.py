"""What a member of staff is told: that something waits for them, in the console and, if they wish, by e-mail."""
