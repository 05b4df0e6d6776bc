"""Pictures and exercises of the chapter cnn."""
