"""Pictures and exercises of the chapter evaluation."""
