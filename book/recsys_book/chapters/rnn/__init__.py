"""Pictures and exercises of the chapter rnn."""
