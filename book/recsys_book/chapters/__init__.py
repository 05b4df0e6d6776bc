"""What each chapter needs for itself: its pictures and the checks of its exercises."""
