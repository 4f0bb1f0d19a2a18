"""Fault runs: real servers, real kills, a history that is checked afterwards."""
