"""Airflow and the page server as processes: started, asked and ended, never imported."""
