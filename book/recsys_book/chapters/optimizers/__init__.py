"""Pictures and exercises of the chapter optimizers."""
