"""The office itself: its days and duties, agencies, systems, rights, the mind, the trail."""
