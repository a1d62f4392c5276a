"""Known cases: pairs whose answer is known, slipped into the queue, so that a reviewer's errors can be measured."""
