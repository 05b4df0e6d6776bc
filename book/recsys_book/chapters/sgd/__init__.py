"""Pictures and exercises of the chapter sgd."""
