"""The room of the weighted dictionary, whose words and phrases decide the category of a request."""
