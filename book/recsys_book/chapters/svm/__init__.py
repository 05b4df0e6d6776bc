"""Pictures and exercises of the chapter svm."""
