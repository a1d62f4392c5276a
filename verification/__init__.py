"""Face verification in which staff see a face and nothing else, and only when the machine could not decide.

The rooms, in the order data moves:

    intake      untrusted bytes come in: decoded in a locked-down child process, consented, sealed, recorded as a case
    vault       sealed media: the web process can seal a frame and cannot open one
    checks      machine evidence, each with a band: pass, ambiguous, fail or error
    policy      judgement, pure: all pass closes a case; anything else goes to a person, never to a rejection
    review      people: the queue, claims, looks at a redacted crop, votes, and what they are fused into
    incidents   worry about a person: who is told, what is done, and the legal hold that alone beats destruction
    wider       more than the face: for one claim, once, for a minute, after other people agreed
    known       pairs with a known answer, slipped into the queue, so that people's errors can be measured
    retention   what dies when, and erasing it
    subject     what the person in the picture may ask: what is held, who looked, to withdraw, to erase
    reports     counts and times from the record; never media, never identities
    leaks       a leaked picture: which look it came from, by the mark hidden in its pixels
    audit       memory: an append-only log of everything above, in a signed and witnessed Merkle tree

and the rooms that all of these stand on:

    capture     capture sessions: who holds one, the consents, the challenge and the judging of its answer
    cases       the spine: a case, its states, the one table of transitions
    notices     what a member of staff is told: that something waits, and where
    access      who may do what: people, roles, rules

`pipeline.py` holds the order of the stages on one screen; `tasks.py` every Celery task (an id in, one call out);
`sweeper.py` what is done again and again so that nothing is ever stuck, late or left behind;
`web` and `api` are the two edges and the only places that have heard of HTTP.

The law of imports: upper may import lower, never the reverse. It is a checked contract in `pyproject.toml`, and it is
exhaustive, so a new room must be given its place:

    apps | models | management
    web | api
    leaks | subject
    intake
    sweeper
    tasks
    pipeline
    reports | retention
    known | wider
    incidents
    review
    policy
    checks
    vault
    capture
    cases
    notices
    access
    audit
"""
