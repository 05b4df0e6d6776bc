"""Pictures and exercises of the chapter gradient_descent."""
