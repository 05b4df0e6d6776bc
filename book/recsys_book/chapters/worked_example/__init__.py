"""Pictures and exercises of the chapter worked_example."""
