"""Pictures and exercises of the chapter self_attention."""
