"""The invisible mark: every picture that leaves carries the number of the log entry of its own look.

    payload     what is said: the entry's number, a proof that binds it to the entry's content, and a seal; 92 bits
    code        how it is protected: a convolutional code, so that many wrong readings still give the right bits
    carrier     how it is spread: hundreds of faint waves over one square tile, their phases drawn from a key
    laying      how it gets into a picture: the tile repeated all over, strong in texture and absent on flat paper
    waves       a picture's own structure pressed down, so that faint waves can be read through it
    search      at which size the tile is found again after cropping, scaling and mirroring, by waves of known sign
    places      where it begins, at that size; and taking one tile out of a picture so that another can be heard
    reading     the search, the code and the seal together: picture in, payload out

Two checks keep it from accusing by chance. The seal is 34 bits under the key, and at most `reading.ATTEMPTS` readings
of one picture are tried: fewer than one unmarked picture in 10^9 gives any payload at all, whatever is in it. A payload
still names nobody: whoever traces compares its proof (24 more bits) with the entry in the log. An entry that was
rewritten, or a log that was set back and has given the number again, does not fit and accuses nobody.

Limits. The mark is for leaks, not for adversaries who know it: whoever paints the picture over, turns it by a degree,
or averages the tile out of many of their own looks, removes it. (One that was turned is read once it stands straight.)
Whoever has a lossless copy of somebody else's look could lay its mark on another picture; the entry then names a case
that is not the one in the picture. numpy is the one library it needs beside Pillow, in the web process too: 11 MB
there, and about 2 ms a look.
"""
