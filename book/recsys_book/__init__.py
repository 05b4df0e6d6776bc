"""The book's own furniture: sentences, pictures, demonstrations and exercises of its chapters."""
