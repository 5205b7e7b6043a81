"""MXNet's recurrent cells of before Gluon, whose names refuse."""

from ._src.paths import refusing

__getattr__ = refusing("luojia.rnn", "gluon.rnn's cells take symbols too; sequences of several lengths are for "
                                     "mod.BucketingModule.")
