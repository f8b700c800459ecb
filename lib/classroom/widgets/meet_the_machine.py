"""What moves in lesson 00: the chances for the next piece of text, and a chat."""

from classroom.widgets.chat_window import ChatWindow, chat_window
from classroom.widgets.next_word_explorer import NextWord, next_word

__all__ = ["ChatWindow", "NextWord", "chat_window", "next_word"]
