"""Chats: messages that go out through a gateway and come in from it, kept before anything is made of them."""
