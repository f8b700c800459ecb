"""What moves in lesson 00: the chances for the next piece of text, and a chat."""

from classroom.lessons.meet_the_machine.chat_window import ChatWindow, chat_window
from classroom.lessons.meet_the_machine.next_word_explorer import NextWord, next_word

__all__ = ["ChatWindow", "NextWord", "chat_window", "next_word"]
