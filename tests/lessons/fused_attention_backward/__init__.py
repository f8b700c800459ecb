"""Answers to the exercises of lesson 14 as readers might write them."""
