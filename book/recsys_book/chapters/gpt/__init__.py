"""Pictures and exercises of the chapter gpt."""
